$ jetpack apply -i ok -p pb/bad.yml --user jetfan --port 22711
