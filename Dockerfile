# syntax=docker/dockerfile:1
# Two stages: the first has pip and uv, the last neither. Behind a mirror:
#   docker build --build-arg PIP_INDEX_URL=https://mirror.example/simple .

FROM python:3.11-slim-bookworm AS build
ARG PIP_INDEX_URL=
ENV UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1 UV_LINK_MODE=copy
WORKDIR /srv/shouwang
COPY pyproject.toml requirements.lock ./
COPY .ci/runtime-environment .ci/runtime-environment
RUN if [ -n "$PIP_INDEX_URL" ]; then export PIP_INDEX_URL UV_DEFAULT_INDEX="$PIP_INDEX_URL"; else unset PIP_INDEX_URL; fi \
    && pip install --quiet --disable-pip-version-check --root-user-action=ignore --target /opt/uv 'uv>=0.9' \
    && .ci/runtime-environment /srv/shouwang/.venv /opt/uv/bin/uv

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/shouwang --create-home --shell /usr/sbin/nologin shouwang \
    && pip uninstall --quiet --yes --root-user-action=ignore pip setuptools wheel
WORKDIR /srv/shouwang
COPY --from=build /srv/shouwang/.venv .venv
COPY LICENSE alembic.ini pyproject.toml ./
COPY openapi openapi
COPY domain domain
COPY auth auth
COPY persistence persistence
COPY api api
RUN python -m compileall -q api auth domain persistence
ENV PATH=/srv/shouwang/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SHOUWANG_MODE=production \
    SHOUWANG_HOST=0.0.0.0 \
    SHOUWANG_DATA_DIR=/var/lib/shouwang
USER 10001
VOLUME /var/lib/shouwang
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=2); c.request('GET', '/readyz'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["python", "-m", "api.cli"]
CMD ["serve", "--no-jobs"]
