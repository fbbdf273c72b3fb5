$ jetpack apply -i inv -p pb/strict.yml --async --user jetfan --port 22711
