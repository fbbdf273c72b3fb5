$ jetpack apply -i ok -p pb/role.yml -r roles --async --user jetfan --port 22711
