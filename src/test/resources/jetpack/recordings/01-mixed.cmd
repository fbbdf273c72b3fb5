$ jetpack apply -i inv -p pb/mixed.yml --user jetfan --port 22711
