# One file, four images; they share every layer up to the code. The classic builder is enough.
# `--target service` takes ARG SERVICE: shared/ and that one service, nothing else of ours.
# `--target operator` is the console command `qcdc`: it runs the jobs of Compose.
FROM python:3.13.11-slim-bookworm AS base
ENV PYTHONPATH=/app PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin qcdc
WORKDIR /app
COPY requirements /requirements
RUN pip install --require-hashes -r /requirements/base.txt

FROM base AS operator
COPY shared /app/shared
COPY services /app/services
COPY tools/__init__.py /app/tools/
COPY tools/qcdc /app/tools/qcdc
RUN python -m compileall -q /app
USER 10001
ENTRYPOINT ["python", "-P", "-m", "tools.qcdc"]

FROM base AS service
ARG SERVICE
ENV SERVICE=${SERVICE}
RUN more=/requirements/${SERVICE:?is a build argument}.txt; \
    [ ! -f "$more" ] || pip install --require-hashes -r "$more"
COPY shared /app/shared
COPY services/__init__.py /app/services/
COPY services/${SERVICE} /app/services/${SERVICE}
RUN python -m compileall -q /app
USER 10001
CMD ["sh", "-c", "exec python -P -m services.$SERVICE serve"]
