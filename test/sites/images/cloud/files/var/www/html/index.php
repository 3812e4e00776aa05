<?php
// Notes: POST keeps the body, GET shows all of them, one a line.
$password = trim(file_get_contents("/run/cloud/db-password"));
$host = getenv("DB_HOST") ?: "cloud-db";
$db = new PDO("pgsql:host=$host;dbname=cloud;connect_timeout=3", "cloud", $password, [
    PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
]);
$db->exec("CREATE TABLE IF NOT EXISTS notes (id bigserial PRIMARY KEY, note text NOT NULL)");
header("Content-Type: text/plain; charset=utf-8");
if ($_SERVER["REQUEST_METHOD"] === "POST") {
    $db->prepare("INSERT INTO notes (note) VALUES (?)")->execute([file_get_contents("php://input")]);
    http_response_code(201);
}
foreach ($db->query("SELECT note FROM notes ORDER BY id") as $row) {
    echo $row["note"], "\n";
}
