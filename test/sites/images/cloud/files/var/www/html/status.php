<?php
// Answers while the web server works, whatever the database does.
echo "ok\n";
