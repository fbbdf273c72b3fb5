$ jetpack apply -i inv -p pb/mixed.yml --batch-size 2 --user jetfan --port 22711
