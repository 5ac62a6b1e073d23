# Paths in a configuration are relative to its file, and once installed the data is elsewhere. Still relative, so that
# `cmake --install --prefix` may choose another place.
cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_SYSCONFDIR BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX} OUTPUT_VARIABLE etc)
cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_DATADIR BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX} OUTPUT_VARIABLE share)
file(RELATIVE_PATH data ${etc}/naive ${share}/naive)
file(GLOB configs CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/config/*.toml)
foreach(config ${configs})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${config})
  cmake_path(GET config FILENAME name)
  file(READ ${config} text)
  string(REPLACE "\"../data/" "\"${data}/" text "${text}")
  file(CONFIGURE OUTPUT installed-config/${name} CONTENT "${text}" @ONLY)
endforeach()
