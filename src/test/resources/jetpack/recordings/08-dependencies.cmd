$ jetpack apply -i ok -p pb/role.yml -r roles --user jetfan --port 22711
