using Granary.Gateway.Hosting;

return await GatewayCommand.RunAsync(args);
