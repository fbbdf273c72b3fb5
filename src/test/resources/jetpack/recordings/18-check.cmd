$ jetpack check -i ok -p pb/good.yml --user jetfan --port 22711
