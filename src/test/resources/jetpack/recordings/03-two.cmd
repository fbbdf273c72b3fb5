$ jetpack ssh -i inv -p pb/two.yml --user jetfan --port 22711
