jetp ssh -i plays -p pb/batch_fails_last.yml --user jetfan --port 22711
