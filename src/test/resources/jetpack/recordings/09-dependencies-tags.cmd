$ jetpack apply -i ok -p pb/role.yml -r roles --tags t --user jetfan --port 22711
