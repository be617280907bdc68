"""The default store: ArcadeDB inside this process, in a folder."""
