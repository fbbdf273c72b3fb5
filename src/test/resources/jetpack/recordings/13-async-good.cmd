$ jetpack apply -i ok -p pb/good.yml --async --user jetfan --port 22711
