# A line that doubles for ever.
echo x | sed ':a;s/.*/&&/;ta'
