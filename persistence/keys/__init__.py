"""The master keys: the file that holds them, and the change from one to the next."""
