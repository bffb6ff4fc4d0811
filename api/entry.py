"""What one API process runs: ``python -m api.entry --fd N`` on a socket the supervisor listens on."""

import socket
import sys

# structlog loads it wherever it is installed, to paint frames on a terminal. None: not to be had here.
UNUSED = ("rich",)


def main() -> None:
    """Serve until SIGTERM; requests under way may finish."""
    sys.modules.update(dict.fromkeys(UNUSED))  # type: ignore[arg-type]
    from api.processes import end_with_parent

    end_with_parent()
    descriptor = int(sys.argv[sys.argv.index("--fd") + 1])

    import uvicorn

    from api.logging import configure
    from api.main import create_app
    from api.settings import Settings

    settings = Settings()
    configure(settings.log_level, settings.log_format)
    config = uvicorn.Config(
        create_app(settings),
        log_config=None,
        access_log=False,  # the application logs requests itself: by route, never with the query
        server_header=False,
        lifespan="on",
        loop="uvloop",
        http="httptools",
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


if __name__ == "__main__":
    main()
