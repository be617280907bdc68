"""Talk between people: mail, chats and transcripts, each message with who says it, to whom and when."""
