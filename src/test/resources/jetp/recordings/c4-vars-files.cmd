jetp ssh -i plays -p pb/vars_files.yml --user jetfan --port 22711
