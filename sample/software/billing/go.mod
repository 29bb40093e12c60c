module docket/billing

go 1.22
