"""The cipher of an installation, for commands that must not load the whole application."""

from api.settings import Settings
from persistence.crypto import FieldCipher, KeyRing
from persistence.keys.ring_file import watched_cipher


def cipher_of(settings: Settings) -> FieldCipher:
    """Return the cipher of the master keys in the settings."""
    return watched_cipher(settings.ring_path, lambda: ring_of(settings), settings.cipher_profile)


def ring_of(settings: Settings) -> KeyRing:
    """Return the ring of the keys in the environment, or of a demo installation's own key."""
    return KeyRing(settings.master_key_id, settings.master_keys, settings.index_key_id)
