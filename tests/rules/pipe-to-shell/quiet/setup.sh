#!/bin/sh
# The download is run only if it is the one that this release was tested with.
curl -fsSL https://tool.example/setup-extra.sh -o extra.sh
if echo "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c  extra.sh" | sha256sum -c - > /dev/null 2>&1; then
  sh extra.sh
else
  echo "extra.sh is not the tested version; skipped"
fi
rm -f extra.sh
curl -fsSL https://tool.example/motd.txt | head -n 1
