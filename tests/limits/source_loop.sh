# A script that reads itself.
. "$0"
