jetp ssh -i plays -p pb/all_fail_last.yml --user jetfan --port 22711
