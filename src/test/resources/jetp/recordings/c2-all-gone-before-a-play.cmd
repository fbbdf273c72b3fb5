jetp ssh -i plays -p pb/all_gone_before.yml --tags now --user jetfan --port 22711
