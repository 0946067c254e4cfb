"""One rule for addresses: what it takes can be sent to, what it refuses says why."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.reference.addresses import UnusableAddress, usable_address

TAKEN = {
    "bcd@ninhbinh.example.vn": "bcd@ninhbinh.example.vn",
    "dau-moi@mau.example.vn ": "dau-moi@mau.example.vn",
    "\u00a0van-thu@mau.example.vn\n": "van-thu@mau.example.vn",
    "Van.Thu+qcdc@MAU.Example.VN": "Van.Thu+qcdc@mau.example.vn",
    "van-thu@mail.ubnd.local": "van-thu@mail.ubnd.local",
    "vanthu@ninhbình.vn": "vanthu@xn--ninhbnh-3ya.vn",
}
REFUSED = [
    "ban.chi.dao.@mau.example.vn",
    "van-thu@mau.example.vn.",
    "van-thu@mau..vn",
    "a@mau.example.vn,b@mau.example.vn",
    "van-thu@[mau",
    "van-thu@[127.0.0.1]",
    "van thu@mau.example.vn",
    "văn-thư@mau.example.vn",
    "Văn thư <van-thu@mau.example.vn>",
    '"van thu"@mau.example.vn',
    "van-thu@mau",
    "van-thu",
    "@mau.example.vn",
    "",
    "van-thu@mau.example.vn\r\nBcc: x@mau.example.vn",
    "van-thu\u200b@mau.example.vn",
    "van-thu\x00@mau.example.vn",
    "van-thu\ud800@mau.example.vn",
    f"{'a' * 65}@mau.example.vn",
    f"van-thu@{'a' * 64}.vn",
]


@pytest.mark.parametrize(("text", "address"), TAKEN.items())
def test_usable_address_is_returned_as_it_is_sent(text: str, address: str) -> None:
    """A blank that came along from a spreadsheet is no reason to write to nobody."""
    assert usable_address(text) == address


@pytest.mark.parametrize("text", REFUSED)
def test_address_that_no_message_can_carry_is_refused(text: str) -> None:
    """With a reason for whoever typed it."""
    with pytest.raises(UnusableAddress, match=r"is no address: .{10}"):
        usable_address(text)


@given(
    st.one_of(
        st.text(),
        st.tuples(st.text(), st.text()).map("@".join),
        st.tuples(
            st.text('aă.@ -\u0301\u200b\x00"\\()<>,;:[]'), st.text("aă.-\u0301xn\u3002\ud800[]")
        ).map("@".join),
        st.emails(),
    )
)
@example("a@xn--a.vn")
@example("a@" + "xn--" + "9" * 60 + ".vn")
def test_every_text_has_an_answer_and_what_is_taken_is_ascii(text: str) -> None:
    """Visible ASCII with one @; and the answer about the answer is the same."""
    try:
        address = usable_address(text)
    except UnusableAddress:
        return

    assert re.fullmatch(r"[!-?A-~]+@[a-z0-9.-]+", address)
    assert usable_address(address) == address
