"""A run kept whole in its folder, with the layers that it compared, so that more can be made of it later."""

from lantu.keeping.folder import KEPT, read_kept, read_translations, write_kept

__all__ = ["KEPT", "read_kept", "read_translations", "write_kept"]
