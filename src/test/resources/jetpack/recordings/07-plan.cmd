$ jetpack plan -i ok -p pb/good.yml --user jetfan --port 22711
