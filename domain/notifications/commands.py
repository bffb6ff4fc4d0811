"""What may be asked of notices."""

from domain.commands import Command, Id


class NotificationCommand(Command):
    """What is done with one notice."""

    notification_id: Id


class ReadNotification(NotificationCommand):
    """Say that a notice has been seen."""


class AcknowledgeNotification(NotificationCommand):
    """Take responsibility for what a notice tells: somebody has taken note and acts."""


class ReadAllNotifications(Command):
    """Say that the notices in one's inbox have been seen, up to the newest one that was shown.

    What has come in since then stays unread.
    """

    up_to: Id


__all__ = ["AcknowledgeNotification", "ReadAllNotifications", "ReadNotification"]
