$ jetpack apply -i ok -i over -p pb/over.yml --user jetfan --port 22711
