"""What no database here can keep as text: U+0000, and half a surrogate pair."""

import re
from typing import Final

NOT_STORABLE: Final = re.compile("[\0\ud800-\udfff]")
