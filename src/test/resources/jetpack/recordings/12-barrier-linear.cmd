$ jetpack apply -i inv -p pb/barrier.yml --user jetfan --port 22711
