"""Editions: a run as one audience may see it, searched for leaks before it leaves."""

from lantu.publishing.audience import PUBLIC, Audience, PublishingError, audience
from lantu.publishing.audit import AUDIT, Sender, audit_beside
from lantu.publishing.edition import edition
from lantu.publishing.encryption import unlock
from lantu.publishing.publish import Published, publish

__all__ = [
    "AUDIT",
    "PUBLIC",
    "Audience",
    "Published",
    "PublishingError",
    "Sender",
    "audience",
    "audit_beside",
    "edition",
    "publish",
    "unlock",
]
