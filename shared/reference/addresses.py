"""
Which e-mail addresses a message can carry; the one rule, where they are typed and where they go.

The rule is email-validator's: RFC 5321 and 5322 without quoted local parts and address literals.
Its own limits come with it: the domain needs a dot and is none of those reserved by IANA for other
uses (``.local``, ``.test``).
"""

from email_validator import EmailNotValidError, validate_email


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
