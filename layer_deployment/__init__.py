"""Names and permissions of a deployed stack, and its previews as reports.

Pure: it imports no Pulumi and no boto3. The command line and the components both use it.
"""
