"""Which program wrote a chat as JSON, by the keys at its beginning."""

from __future__ import annotations

SAMPLE = 1 << 16  # characters that are looked at


def program_of(text: str) -> str:
    """The program that wrote this JSON; "" where it is no chat."""
    head = text[:SAMPLE]

    def has(*keys: str) -> bool:
        return all(f'"{key}"' in head for key in keys)

    if has("messages") and (has("date_unixtime") or has("text_entities")):
        return "Telegram"
    if has("guild", "channel", "messages"):
        return "Discord"
    if has("createdDateTime", "messageType", "body"):
        return "Teams"
    return "Signal" if has("sent_at", "conversationId", "body") or has("sender", "body", "reactions") else ""


__all__ = ["SAMPLE", "program_of"]
