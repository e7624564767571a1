# A substitution in a substitution, for ever.
deeper() { echo "$(deeper)"; }
deeper
