# One file, four images: ARG SERVICE copies shared/ and one service, and nothing else.
# `--target operator` adds every service and tools/: it runs the topics and migrate jobs.
FROM python:3.13-slim AS base
ENV PYTHONPATH=/app PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin qcdc
WORKDIR /app

FROM base AS operator
COPY requirements/notifier.txt /requirements.txt
RUN pip install --no-cache-dir --require-hashes -r /requirements.txt
COPY shared /app/shared
COPY services /app/services
COPY tools /app/tools
RUN python -m compileall -q /app
USER 10001
ENTRYPOINT ["python", "-P", "-m", "tools.qcdc"]

FROM base AS service
ARG SERVICE
COPY requirements/base.txt requirements/${SERVICE}.tx[t] /requirements/
RUN pip install --no-cache-dir --require-hashes \
      -r "$([ -f /requirements/${SERVICE}.txt ] && echo /requirements/${SERVICE}.txt || echo /requirements/base.txt)"
COPY shared /app/shared
COPY services/__init__.py /app/services/
COPY services/${SERVICE} /app/services/${SERVICE}
RUN python -m compileall -q /app
ENV SERVICE=${SERVICE}
USER 10001
HEALTHCHECK --interval=5s --timeout=4s --start-period=40s --retries=6 \
  CMD ["python", "-P", "-m", "shared.infra.probe"]
CMD ["sh", "-c", "exec python -P -m services.$SERVICE serve"]
