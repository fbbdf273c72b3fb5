jetp ssh -i plays -p pb/all_fail_last.yml --limit-hosts 127.0.0.14 --user jetfan --port 22711
