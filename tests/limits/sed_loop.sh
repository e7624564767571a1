# A program for sed without end.
echo x | sed ':a;ba'
