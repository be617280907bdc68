"""What people say for the relations that most graphs have."""
