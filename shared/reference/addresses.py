"""
Which e-mail addresses a message can carry; the one rule, where they are typed and where they go.

The rule is email-validator's: RFC 5321 and 5322 without quoted local parts and address literals.
A domain needs a dot, since ``van-thu@mau`` is a slip. One that only a private network knows
(``.local``) is taken: the mail server of an administration may well deliver there.
"""

import email_validator
from email_validator import EmailNotValidError, validate_email

_PRIVATE = ("local", "test")
# The library's documented way to take them.
email_validator.SPECIAL_USE_DOMAIN_NAMES[:] = [
    it for it in email_validator.SPECIAL_USE_DOMAIN_NAMES if it not in _PRIVATE
]


class UnusableAddress(ValueError):
    """No message can carry this address; the text says why."""


def usable_address(text: str) -> str:
    """
    Return an address as SMTP without SMTPUTF8 carries it: trimmed, ASCII, its domain in lower case.

    A domain with other letters becomes its ASCII form (RFC 5891); a local part with other letters
    has none.

    Raises:
        UnusableAddress: with the reason.

    """
    try:
        found = validate_email(
            text.strip(), allow_smtputf8=False, strict=True, check_deliverability=False
        )
    except EmailNotValidError as problem:
        raise UnusableAddress(f"{text!r} is no address: {problem}") from problem
    if found.ascii_email is None:
        raise UnusableAddress(f"{text!r} is no address: it has no form in ASCII")
    return found.ascii_email
