$ jetpack apply -i inv -p pb/barrier.yml --async --user jetfan --port 22711
