$ jetpack apply -i dead -p pb/all_fail.yml --user jetfan --port 22711
