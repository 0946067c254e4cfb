"""``python -m tools.qcdc`` is ``qcdc``."""

from tools.qcdc.main import main

main()
