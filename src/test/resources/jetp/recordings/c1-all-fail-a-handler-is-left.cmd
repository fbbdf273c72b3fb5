jetp ssh -i plays -p pb/all_fail_handler_left.yml --user jetfan --port 22711
