"""Operations around the tasks, in groups: voices, avatars, the account, speech."""
