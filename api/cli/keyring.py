"""The cipher of an installation, for commands that must not load the whole application."""

from api.settings import Settings
from persistence.crypto import FieldCipher, KeyRing


def cipher_of(settings: Settings) -> FieldCipher:
    """Return the cipher of the master keys in the settings."""
    ring = KeyRing(settings.master_key_id, settings.master_keys, settings.index_key_id)
    return FieldCipher(ring, settings.cipher_profile)
