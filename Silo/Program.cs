using Granary.Silo.Hosting;

return await SiloProgram.RunAsync(args, Environment.GetEnvironmentVariable);
