using Granary.Silo.Hosting;

return await SiloProgram.RunAsync(Environment.GetEnvironmentVariable);
