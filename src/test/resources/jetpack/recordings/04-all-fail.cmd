$ jetpack apply -i ok -p pb/all_fail.yml --user jetfan --port 22711
