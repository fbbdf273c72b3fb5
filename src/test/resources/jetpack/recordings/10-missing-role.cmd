$ jetpack apply -i ok -p pb/norole.yml --user jetfan --port 22711
